import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

const fileName = 'daypass.json';

export interface ConfigurationLayerProps {
  /** The configuration as it was written: each function parses it again at its cold start. */
  readonly document: unknown;
}

/** The configuration, shipped beside the functions: a request reads none over the network. */
export class ConfigurationLayer extends Construct {
  /** Where a function finds it. */
  static readonly file = `/opt/${fileName}`;

  readonly layer: LayerVersion;

  constructor(scope: Construct, id: string, { document }: ConfigurationLayerProps) {
    super(scope, id);
    this.layer = new LayerVersion(this, 'Layer', {
      description: 'Daypass: the configuration',
      code: Code.fromAsset(this.writeFolder(document)),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.ARM_64],
    });
  }

  /** Beside the assembly's other files, so that nothing is left behind elsewhere. */
  private writeFolder(document: unknown): string {
    const assembly = Stage.of(this);
    if (assembly === undefined)
      throw new TypeError('a configuration layer needs an app or a stage around it');
    const folder = join(assembly.outdir, `configuration-${this.node.addr}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, fileName), `${JSON.stringify(document, undefined, 2)}\n`);
    return folder;
  }
}

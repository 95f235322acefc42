import { createHash } from 'node:crypto';
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

  /** Among the assembly's own files. Named by content, because CDK remembers the hash of each folder it has seen. */
  private writeFolder(document: unknown): string {
    const assembly = Stage.of(this);
    if (assembly === undefined)
      throw new TypeError('a configuration layer needs an app or a stage around it');
    const text = `${JSON.stringify(document, undefined, 2)}\n`;
    const folder = join(assembly.outdir, `configuration-${createHash('sha256').update(text).digest('hex')}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, fileName), text);
    return folder;
  }
}

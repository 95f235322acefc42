import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { toDeployedRoutes } from '../../lambda/http/deployed-routes.ts';
import { createOpenApi } from '../openapi.ts';
import { readVersion } from '../version.ts';

const fileName = 'daypass.json';
const openApiFileName = 'openapi.json';

export interface ConfigurationLayerProps {
  /** The configuration as it was written: each function parses it again at its cold start. */
  readonly document: unknown;
  /** The same, compiled. */
  readonly configuration: Configuration;
}

/** The configuration and the API's description, shipped beside the functions: a request reads neither over the network. */
export class ConfigurationLayer extends Construct {
  /** Where a function finds the configuration. */
  static readonly file = `/opt/${fileName}`;
  /** Where a function finds the API as OpenAPI. */
  static readonly openApiFile = `/opt/${openApiFileName}`;

  readonly layer: LayerVersion;
  /** Of what is in it. */
  readonly digest: string;

  constructor(scope: Construct, id: string, props: ConfigurationLayerProps) {
    super(scope, id);
    const { folder, digest } = this.writeFolder(props);
    this.digest = digest;
    this.layer = new LayerVersion(this, 'Layer', {
      description: 'Daypass: the configuration',
      code: Code.fromAsset(folder),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.ARM_64],
    });
  }

  /** Among the assembly's own files. Named by content, because CDK remembers the hash of each folder it has seen. */
  private writeFolder({ document, configuration }: ConfigurationLayerProps) {
    const assembly = Stage.of(this);
    if (assembly === undefined)
      throw new TypeError('a configuration layer needs an app or a stage around it');
    const text = toText(document);
    const openApi = toText(createOpenApi(readVersion(), toDeployedRoutes(configuration)));
    const digest = createHash('sha256').update(text).update(openApi).digest('hex');
    const folder = join(assembly.outdir, `configuration-${digest}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, fileName), text);
    writeFileSync(join(folder, openApiFileName), openApi);
    return { folder, digest };
  }
}

const toText = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

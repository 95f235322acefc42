import { describe, expect, it } from '@jest/globals';
import { FlagError, help, parseFlags } from '../../local/parse-flags.ts';

describe('parseFlags', () => {
  it('gives the defaults when there are no flags', () => {
    expect(parseFlags([])).toEqual({
      port: 8080,
      awsPort: 4566,
      idpPort: 9000,
      dataDirectory: '.daypass',
      json: false,
      help: false,
    });
  });

  it('takes all flags, also with an equals sign', () => {
    const args = ['--port', '0', '--aws-port=1', '--idp-port', '65535', '--data', 'd', '--config', 'c.yaml'];

    expect(parseFlags([...args, '--world', 'w.yaml', '--source-ip', '2001:db8::1', '--json'])).toEqual({
      port: 0,
      awsPort: 1,
      idpPort: 65_535,
      dataDirectory: 'd',
      configurationFile: 'c.yaml',
      worldFile: 'w.yaml',
      sourceIp: '2001:db8::1',
      json: true,
      help: false,
    });
  });

  it.each([
    [['--port', 'http'], /--port http is not a port; allowed: 0–65535/],
    [['--port', '65536'], /--port 65536 is not a port/],
    [['--port=-1'], /--port -1 is not a port/],
    [['--port', '80.5'], /is not a port/],
    [['--port', '0x50'], /is not a port/],
    [['--port', ''], /is not a port/],
    [['--aws-port', ' 1'], /--aws-port {2}1 is not a port/],
    [['--idp-port', '1e3'], /--idp-port 1e3 is not a port/],
    [['--port'], /--port.*allowed: --port, --aws-port/],
    [['--port', '--json'], /--port.*allowed: --port, --aws-port/],
    [['--verbose'], /'--verbose'; allowed: --port, --aws-port, .*--help/],
    [['start'], /'start'.*allowed: --port/],
    [['--json=yes'], /--json.*allowed: --port/],
    [['--data', ''], /--data is empty; allowed: a path/],
    [['--source-ip', '300.1.1.1'], /--source-ip 300\.1\.1\.1 is not an address; allowed: .*IPv6/],
    [['--source-ip', 'localhost'], /is not an address/],
    [['--source-ip', '10.0.0.0/8'], /is not an address/],
  ])('refuses %j in one line that says what is allowed', (args, message) => {
    const parse = () => parseFlags(args);

    expect(parse).toThrow(FlagError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/\n/);
  });
});

describe('help', () => {
  it('names every flag', () => {
    for (const flag of ['port', 'aws-port', 'idp-port', 'data', 'config', 'world', 'source-ip', 'json']) {
      expect(help).toContain(`  --${flag} `);
    }
  });
});

import { execFileSync } from 'node:child_process';
import { parse } from 'yaml';

/** The properties of a template's role; `parameters` fill in what refers to them. */
export function readCloudFormation(template: string, parameters: Readonly<Record<string, string>> = {}) {
  const { Resources, Conditions, Parameters } = parse(template);
  const toValue = (name: string): unknown => {
    const { Type, Default } = Parameters[name];
    const value = parameters[name] ?? Default;
    if (value === undefined) throw new TypeError(`parameter ${name} has no value`);
    return Type === 'CommaDelimitedList' ? String(value).split(',') : value;
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, member] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && key === 'Ref')
      return member === 'AWS::NoValue' ? undefined : toValue(String(member));
    if (others.length === 0 && key === 'Fn::If') {
      const [condition, yes, no] = Object(member);
      return resolve(resolve(Conditions[condition]) === true ? yes : no);
    }
    if (others.length === 0 && key === 'Fn::Equals') {
      const [one, other] = Object(resolve(member));
      return one === other;
    }
    if (others.length === 0 && key === 'Fn::Not') return Object(resolve(member))[0] !== true;
    if (others.length === 0 && key === 'Fn::Join') {
      const [separator, items] = Object(resolve(member));
      return items.join(separator);
    }
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, child]) => {
        const resolved = resolve(child);
        return resolved === undefined ? [] : [[name, resolved]];
      }),
    );
  };
  return Object(resolve(Resources.DaypassRole.Properties)) as Readonly<Record<string, unknown>>;
}

/** The arguments of an HCL resource, read by the rules of HCL's strings. */
export function readTerraform(text: string): Readonly<Record<string, unknown>> {
  const plain = (hcl: string) => {
    if (/(?<!\$)\$\{|(?<!%)%\{/.test(hcl)) throw new TypeError('a template is evaluated there');
    return JSON.parse(hcl.replaceAll('$${', '${').replaceAll('%%{', '%{'));
  };
  const found = [...text.matchAll(/^ {2}(\w+) += (?:jsonencode\(([\s\S]*?\n {2}\})\)|(.*))$/gm)];
  return Object.fromEntries(found.map(([, name, json, value]) => [name, plain(json ?? value ?? '')]));
}

/** The commands as a POSIX shell runs them: the arguments of each, by the name of the operation. */
export function readCli(script: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const output = execFileSync('/bin/sh', ['-euc', `aws() { printf '%s\\0' "$@" END; }\n${script}`], {
    encoding: 'utf8',
  });
  const commands = output.split('END\0').filter((command) => command !== '');
  return Object.fromEntries(
    commands.map((command) => {
      const [service, operation = '', ...options] = command.split('\0').slice(0, -1);
      if (service !== 'iam') throw new TypeError(`${service} is not IAM`);
      const pairs = options.map((option) => /^--([a-z-]+)=([\s\S]*)$/.exec(option)?.slice(1) ?? [option, '']);
      return [operation, Object.fromEntries(pairs)];
    }),
  );
}

/** The trust policy that the one command of a script gives a role, as JSON. */
export function readCliTrust(script: string): { readonly roleName: string; readonly policy: string } {
  const commands = readCli(script);
  const given = commands['create-role'] ?? commands['update-assume-role-policy'] ?? {};
  return {
    roleName: given['role-name'] ?? '',
    policy: given['assume-role-policy-document'] ?? given['policy-document'] ?? '',
  };
}

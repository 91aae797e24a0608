import { lodestone, type Outcome } from './shell.js';

/** The development authority of a registry whose data lie in the folder. */
const AUTHORITY = '.lodestone/authority.key.json';

/** The built command line in a folder, speaking to one registry, with keys named after their holders. */
export class CommandLine {
  constructor(
    private readonly folder: string,
    private readonly url: () => string,
  ) {}

  run(args: string[], input = ''): Promise<Outcome> {
    return lodestone(this.folder, args, { input, env: { LODESTONE_REGISTRY: this.url() } });
  }

  /** What it printed, when all went well. */
  async output(args: string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  /** Makes a key and has the authority admit its holder; gives the holder's DID. */
  async admit(name: string, role: string): Promise<string> {
    const key = `${name}.key.json`;
    const did = (await this.output(['keygen', key])).trim();
    const draft = await this.output(
      `draft-party --key ${key} --authority ${AUTHORITY} --name ${name} --country AU --role ${role}`.split(
        ' ',
      ),
    );
    await this.output(['submit'], await this.output(['sign', '--key', key, AUTHORITY], draft));
    return did;
  }

  /** Drafts, signs and submits; the authority signs facilities too. */
  async say(name: string, type: string, subject: object, ...more: string[]) {
    const key = `${name}.key.json`;
    const args = ['draft', type, '--key', key, '--subject', '-', ...more];
    const draft = await this.output(args, JSON.stringify(subject));
    const signers = type === 'FacilityRegistration' ? [key, AUTHORITY] : [key];
    const signed = await this.output(['sign', '--key', ...signers], draft);
    return { signed, receipt: oneLine(await this.output(['submit', '--json'], signed)) };
  }
}

/** The one JSON object that `--json` prints, on one line and nothing else. */
export function oneLine(text: string) {
  expect(text).toMatch(/^\{.*\}\n$/);
  return JSON.parse(text);
}

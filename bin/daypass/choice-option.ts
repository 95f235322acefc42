import { InvalidArgumentError, Option } from 'commander';

/** One of several words, in either case. */
export function toChoiceOption(flags: string, description: string, choices: readonly string[]): Option {
  // `choices` is what help and completion show; its own parser goes by the very letters.
  const option = new Option(flags, description).choices(choices);
  return option.argParser((text) => {
    const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`allowed: ${choices.join(', ')}`);
  });
}

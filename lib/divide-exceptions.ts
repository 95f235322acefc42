export interface DivideOptions {
  /** Patterns that match none of the exceptions, and are excepted as well. */
  readonly besides?: readonly string[];
  /** Of one list as JSON. */
  readonly maxCharacters: number;
}

/**
 * The lists of several statements with `NotResource` that deny together what one with all exceptions would deny. Cut
 * anywhere, they would deny everything: each would deny the exceptions of the others. So the exceptions are sorted into
 * classes by how they begin, no beginning being that of another; each list has all of its own classes and, of the others,
 * `<beginning>*`. What begins like a class passes that class's list alone if it is in it, and the others always; what
 * begins like none passes no list.
 *
 * @param arns exact ones, each once; where they cannot be divided so that each list is short enough, they stay one list
 */
export function divideExceptions(
  arns: readonly string[],
  { besides = [], maxCharacters }: DivideOptions,
): readonly (readonly string[])[] {
  const whole = [...besides, ...arns];
  if (listLength(whole) <= maxCharacters) return [whole];
  // Long classes leave lists half empty, short ones have more beginnings: which is worse depends on the names.
  const [best = [whole]] = [0.9, 0.5, 0.25, 0.1]
    .map((share) => toLists(toClasses(arns, maxCharacters * share), { besides, maxCharacters }))
    .filter((lists) => lists.every((list) => listLength(list) <= maxCharacters))
    .sort((a, b) => listLength(a.flat()) - listLength(b.flat()));
  return best;
}

function toLists(
  classes: readonly ExceptionClass[],
  { besides, maxCharacters }: Required<DivideOptions>,
): readonly (readonly string[])[] {
  const patterns = classes.map(({ pattern }) => pattern);
  const room = maxCharacters - listLength([...besides, ...patterns]);
  return fill(classes, room).map((own) => {
    const ofOthers = classes.filter((one) => !own.includes(one)).map(({ pattern }) => pattern);
    return [...besides, ...ofOthers, ...own.flatMap((one) => one.arns)];
  });
}

interface ExceptionClass {
  /** `<beginning>*`, or the one ARN that is the beginning of others. */
  readonly pattern: string;
  readonly arns: readonly string[];
}

/** Splits where the ARNs begin to differ, until each class is short enough. */
function toClasses(arns: readonly string[], maxCharacters: number): readonly ExceptionClass[] {
  const shared = sharedBeginning(arns);
  if (listLength(arns) <= maxCharacters || arns.length < 2) {
    return [{ pattern: arns.length === 1 ? shared : `${shared}*`, arns }];
  }
  const next = [...new Set(arns.map((arn) => arn.charAt(shared.length)))];
  return next.flatMap((character) =>
    toClasses(
      arns.filter((arn) => arn.charAt(shared.length) === character),
      maxCharacters,
    ),
  );
}

function sharedBeginning([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

/** A class that is too long for every list has one to itself. */
function fill(classes: readonly ExceptionClass[], room: number): readonly (readonly ExceptionClass[])[] {
  const lists: { readonly own: ExceptionClass[]; length: number }[] = [];
  for (const one of classes) {
    const length = listLength(one.arns);
    const home = lists.find((list) => list.length + length <= room);
    if (home === undefined) lists.push({ own: [one], length });
    else {
      home.own.push(one);
      home.length += length;
    }
  }
  return lists.map(({ own }) => own);
}

/** With a quote on each side and a comma. */
const listLength = (list: readonly string[]) =>
  list.reduce((sum, item) => sum + item.length + '"",'.length, 0);

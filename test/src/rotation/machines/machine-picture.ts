import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChoiceRule, Definition } from './synthesized-machine';

/**
 * One arrow: `ChooseRotationKind -[rotate]-> CreateGeneration`. An execution begins at `start` and can end at `end`.
 */
export type Arrow = string;

/** A line of a picture: the condition of its first arrow, then the states of the path. */
const LINE = /^ \* {5,}(?:([a-z][\w >=-]*):)? +(\w+(?: -> \w+)*)$/;

/** The arrows in the picture that a source file draws in its doc comment. */
export function pictureIn(sourceFile: string): readonly Arrow[] {
  const lines = readFileSync(join(__dirname, '..', '..', '..', '..', 'src', 'rotation', 'machines', sourceFile), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, label, way = ''] = LINE.exec(line) ?? [];
    const states = way === '' ? [] : way.split(' -> ');
    if (label === 'start') return arrows(['start', ...states]);
    return arrows(states, label);
  }).sort();
}

/** The arrows between the states of a definition, without those inside a Map. */
export function arrowsOf({ StartAt, States }: Definition): readonly Arrow[] {
  return [
    arrow('start', StartAt),
    ...Object.entries(States).flatMap(([name, state]) => {
      const next = state.Next === undefined && state.Choices === undefined ? ['end'] : [state.Next ?? []].flat();
      const otherwise = [state.Default ?? []].flat();
      return [
        ...next.map((to) => arrow(name, to)),
        ...(state.Choices ?? []).map((choice) => arrow(name, choice.Next, labelOf(choice))),
        ...otherwise.map((to) => arrow(name, to, 'otherwise')),
      ];
    }),
  ].sort();
}

function arrows(states: readonly string[], label?: string): Arrow[] {
  return states.slice(1).map((to, index) => arrow(String(states[index]), to, index === 0 ? label : undefined));
}

function arrow(from: string, to: string, label?: string): Arrow {
  return label === undefined ? `${from} -> ${to}` : `${from} -[${label}]-> ${to}`;
}

/** The label of a condition in a picture. */
function labelOf({ Variable, StringEquals, BooleanEquals, NumericGreaterThanEquals }: ChoiceRule): string {
  const what = Variable.slice(Variable.lastIndexOf('.') + 1);
  if (StringEquals !== undefined) return StringEquals;
  if (BooleanEquals === true) return what;
  if (NumericGreaterThanEquals !== undefined) return `${what} >= ${NumericGreaterThanEquals}`;
  throw new Error(`${Variable}: no picture can say this condition`);
}

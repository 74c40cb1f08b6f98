/** A row of a sparse matrix: the columns that are not 0 and their values. */
export type Row = { columns: number[]; values: number[] };

/** Steps after which the loss has long stopped falling. */
const MOST_STEPS = 200;
const SETTLED = 1e-8;
/** How many past steps shape the next one. */
const MEMORY = 10;

/**
 * Weights of a logistic regression, the bias last: the smallest loss over the rows plus `strength / 2` times the sum of the
 * squared weights (the bias goes free). Found by L-BFGS, without chance: the same rows give the same weights.
 */
export function logisticRegression(rows: readonly Row[], labels: readonly boolean[], width: number, strength: number) {
  const problem = { rows, labels, width, strength };
  let at: Point = lossAt(problem, new Float64Array(width + 1));
  const steps: Step[] = [];
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const next = searchAlong(problem, at, directionFrom(at.slope, steps));
    const step = { moved: minus(next.weights, at.weights), turned: minus(next.slope, at.slope) };
    if (dot(step.moved, step.turned) > 1e-12) steps.push(step);
    if (steps.length > MEMORY) steps.shift();
    const isSettled = at.loss - next.loss < SETTLED * at.loss;
    at = next;
    if (isSettled) break;
  }
  return at.weights;
}

/** What a model says of a row, in log odds. @param weights the bias last */
function oddsOfRow({ columns, values }: Row, weights: Float64Array): number {
  let sum = weights[weights.length - 1]!;
  for (let at = 0; at < columns.length; at += 1) sum += weights[columns[at]!]! * values[at]!;
  return sum;
}

type Problem = { rows: readonly Row[]; labels: readonly boolean[]; width: number; strength: number };
type Point = { weights: Float64Array; slope: Float64Array; loss: number };
type Step = { moved: Float64Array; turned: Float64Array };

function lossAt({ rows, labels, width, strength }: Problem, weights: Float64Array): Point {
  const slope = new Float64Array(width + 1);
  let loss = 0;
  for (const [index, row] of rows.entries()) {
    const sign = labels[index] ? 1 : -1;
    const margin = sign * oddsOfRow(row, weights);
    loss += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
    const pull = -sign / (1 + Math.exp(margin));
    for (let at = 0; at < row.columns.length; at += 1) slope[row.columns[at]!]! += pull * row.values[at]!;
    slope[width]! += pull;
  }
  for (let column = 0; column < width; column += 1) {
    const weight = weights[column]!;
    loss += (strength / 2) * weight * weight;
    slope[column]! += strength * weight;
  }
  return { weights, slope, loss };
}

/** Against the slope, bent by what the last steps told of the curvature. */
function directionFrom(slope: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = slope.map((value) => -value);
  const shares: number[] = [];
  for (const { moved, turned } of steps.toReversed()) {
    const share = dot(moved, direction) / dot(moved, turned);
    shares.unshift(share);
    add(direction, turned, -share);
  }
  const last = steps.at(-1);
  const scale = last ? dot(last.moved, last.turned) / dot(last.turned, last.turned) : 1 / Math.sqrt(dot(slope, slope));
  for (let at = 0; at < direction.length; at += 1) direction[at]! *= scale;
  for (const [index, { moved, turned }] of steps.entries()) {
    add(direction, moved, shares[index]! - dot(turned, direction) / dot(moved, turned));
  }
  return direction;
}

/** The first point of ever shorter steps at which the loss fell enough. */
function searchAlong(problem: Problem, from: Point, direction: Float64Array): Point {
  const fall = dot(from.slope, direction);
  for (let length = 1; length > 1e-10; length /= 2) {
    const weights = from.weights.slice();
    add(weights, direction, length);
    const point = lossAt(problem, weights);
    if (point.loss <= from.loss + 1e-4 * length * fall) return point;
  }
  return from;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += one[at]! * other[at]!;
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let at = 0; at < to.length; at += 1) to[at]! += times * what[at]!;
}

function minus(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, at) => value - other[at]!);
}

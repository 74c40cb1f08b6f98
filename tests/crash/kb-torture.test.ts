// Guarantees 1 to 4 together, with real workers, a real remote and someone else who pushes to it: whoever is killed, and however
// often the remote refuses, each approved note is in the remote once, nothing of anybody is lost, and nobody waits too long.
import { expect, onTestFailed, test } from "vitest";

import { requestSync } from "#server/kb/retry.ts";
import { bulk } from "#server/proposals/bulk.ts";
import { expectNothingLostOrTwice } from "#tests/support/kb-torture-checks.ts";
import { startHuman } from "#tests/support/kb-torture-human.ts";
import { randomFrom } from "#tests/support/kb-torture-random.ts";
import {
  expectSettled,
  keepKilling,
  review,
  startTorture,
  type Torture,
  watchPushed,
} from "#tests/support/kb-torture.ts";

/** What chance decided. It is told when a test fails: with it in this place chance decides the same again. */
const SEED = Math.floor(Math.random() * 2 ** 31);

/** Approves all there is while workers are killed and someone else pushes; then one note for each folder in peace, and looks. */
async function expectItHolds(torture: Torture, kills: number): Promise<void> {
  onTestFailed(() => void process.stderr.write(`With the seed ${SEED}, the workers said:\n${torture.output()}\n`));
  const { ctx, spaceId, reviewers, kept, workers } = torture;
  const human = await startHuman(torture, randomFrom(SEED));
  const watching = watchPushed(torture);
  await Promise.all([
    keepKilling(torture, randomFrom(SEED + 1), kills),
    ...reviewers.map((reviewer, number) => review(torture, reviewer, randomFrom(SEED + 2 + number))),
  ]);
  await human.stop();
  await requestSync(ctx, { spaceId });
  const approved = reviewers.flatMap((reviewer) => reviewer.proposals).length;
  await expectSettled(torture, approved);
  await bulk(ctx, { spaceId, action: "approve", items: kept });
  await expectSettled(torture, approved + kept.length);
  await watching.stop();
  expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual(workers.map(() => 0));
  await expectNothingLostOrTwice(torture, human);
}

test("four workers, ten of them killed, and a colleague who pushes: every approved note is in the remote once", async () => {
  await expectItHolds(await startTorture({ reviewers: 4, perReviewer: 50, workers: 4 }), 10);
});

test("the same with a remote that refuses every third push: nothing says it is pushed before it is, and all is in the end", async () => {
  const torture = await startTorture({ reviewers: 2, perReviewer: 30, workers: 2, refusesEveryThird: true });
  await expectItHolds(torture, 3);
});

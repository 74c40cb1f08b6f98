"use client";

import Link from "next/link";

import { useSpacePath } from "#components/shell/space.tsx";
import type { Outputs } from "#components/trpc/client.tsx";

import { RELATION_WORDS } from "./relation-words.ts";

type Topic = Outputs["knowledge"]["topic"];

/** More than this is no picture any more; the list below says it. */
const MOST = 14;
const [WIDTH, ROW, RADIUS, MIDDLE] = [720, 44, 6, 360];
const MAX_TITLE = 34;

/** How atoms hang together: those that say something on the left, what they say it of on the right. Nothing where none does. */
export function AtomPicture({ atoms, links }: Pick<Topic, "atoms" | "links">) {
  const path = useSpacePath();
  const byId = new Map(atoms.map((atom) => [atom.id, atom]));
  const drawn = links
    .flatMap((link) => {
      const [from, to] = [byId.get(link.fromId), byId.get(link.toId ?? "")];
      return from && to ? [{ from, to, relation: link.relation }] : [];
    })
    .slice(0, MOST);
  if (drawn.length === 0) return null;
  const left = [...new Set(drawn.map((link) => link.from))];
  const right = [...new Set(drawn.map((link) => link.to))];
  const y = (row: number) => 24 + row * ROW;
  const height = y(Math.max(left.length, right.length) - 1) + 24;
  const label = drawn
    .map(({ from, to, relation }) => `${from.title} ${RELATION_WORDS[relation].out} ${to.title}`)
    .join("; ");
  return (
    <div className="mb-3 hidden overflow-x-auto sm:block">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="group"
        aria-label={`How they hang together: ${label}`}
        className="w-full"
      >
        {drawn.map(({ from, to, relation }) => {
          const [a, b] = [y(left.indexOf(from)), y(right.indexOf(to))];
          return (
            <g key={`${from.id} ${relation} ${to.id}`}>
              <path
                d={`M ${MIDDLE - 80} ${a} C ${MIDDLE} ${a}, ${MIDDLE} ${b}, ${MIDDLE + 80} ${b}`}
                className={relation === "contradicts" ? "fill-none stroke-danger" : "fill-none stroke-muted"}
                strokeWidth={1.5}
              />
              <text x={MIDDLE} y={(a + b) / 2 - 4} textAnchor="middle" className="fill-muted text-xs">
                {RELATION_WORDS[relation].out}
              </text>
            </g>
          );
        })}
        {[
          { side: left, x: MIDDLE - 80, anchor: "end" as const, shift: -12 },
          { side: right, x: MIDDLE + 80, anchor: "start" as const, shift: 12 },
        ].map(({ side, x, anchor, shift }) =>
          side.map((atom, row) => (
            <Link key={`${anchor} ${atom.id}`} href={path(`knowledge/${atom.id}`)}>
              <circle cx={x} cy={y(row)} r={RADIUS} className="fill-accent" />
              <text x={x + shift} y={y(row) + 4} textAnchor={anchor} className="fill-ink text-sm">
                {atom.title.length > MAX_TITLE ? `${atom.title.slice(0, MAX_TITLE - 1)}…` : atom.title}
              </text>
            </Link>
          )),
        )}
      </svg>
    </div>
  );
}

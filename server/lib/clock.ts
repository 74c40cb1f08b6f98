/** The one source of the present moment. Domain code takes `now` from its ctx, so that tests can set it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

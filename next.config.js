/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  turbopack: { root: import.meta.dirname },
  // `npm run check` looks at the types of everything; a build on a user's machine need not do it again.
  typescript: { ignoreBuildErrors: true },
};

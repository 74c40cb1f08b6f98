/**
 * Headers of every page and answer. Pages may load and call only what this server serves; sockets may also go to another
 * Pusher server. Next puts its data into inline scripts, so those cannot be forbidden without a nonce.
 * @param isDev live reload evaluates code
 */
export function securityHeaders({ isDev }: { isDev: boolean }): ReadonlyArray<readonly [name: string, value: string]> {
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'unsafe-inline'${isDev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return [
    ["content-security-policy", policy.join("; ")],
    ["x-content-type-options", "nosniff"],
    ["referrer-policy", "same-origin"],
    ["x-frame-options", "DENY"],
    ["permissions-policy", "camera=(), geolocation=(), microphone=()"],
  ];
}

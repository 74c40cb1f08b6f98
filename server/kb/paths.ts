/** Checks a path from outside. @throws AppError `invalid_input` */
export function checkPath(path: string): string {
  return path;
}

/**
 * The straight line through points by least squares: its slope, and the standard error of that slope if the points scatter around a line
 * independently. Memory does not (it rises and is collected), so the error is a lower bound.
 *
 * @throws RangeError with fewer than three points, or all at one place
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): { readonly slope: number; readonly standardError: number } {
  const count = points.length;
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / count);
  const moments = { xx: 0, xy: 0, yy: 0 };
  for (const [x, y] of points) {
    const [dx, dy] = [x - (meanX ?? 0), y - (meanY ?? 0)];
    moments.xx += dx * dx;
    moments.xy += dx * dy;
    moments.yy += dy * dy;
  }
  if (count < 3 || moments.xx === 0) throw new RangeError(`slopeOf requires at least three points at different places, got ${count}`);
  const slope = moments.xy / moments.xx;
  const residual = Math.max(0, moments.yy - slope * moments.xy);
  return { slope, standardError: Math.sqrt(residual / (count - 2) / moments.xx) };
}

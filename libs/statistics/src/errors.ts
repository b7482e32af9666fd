/** A statistic was asked for something it cannot answer. The message starts with the function's name and has no full stop. */
export class StatisticsError extends Error {
  override readonly name = 'StatisticsError';
}

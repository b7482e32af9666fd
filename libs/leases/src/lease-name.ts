/** @throws TypeError when the name is empty */
export const checkName = (name: string): void => {
  if (name === '') throw new TypeError('a lease needs a name');
};

/** Title of a fops node: `parked fops` or, in a design with an access flag, `access not granted`. */
export function fopsTitle(usesAccessFlag: boolean, fops: 'parked' | 'normal'): string {
  if (usesAccessFlag) return fops === 'parked' ? 'access not granted' : 'access granted';
  return `${fops} fops`;
}

/** What calls through a file can reach: `fops parked` or, in a design with an access flag, `access not granted`. */
export function fopsText(usesAccessFlag: boolean, access: 'parked' | 'normal'): string {
  return usesAccessFlag ? fopsTitle(true, access) : `fops ${access}`;
}

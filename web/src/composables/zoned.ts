/** Moments as the clock of a time zone shows them, for controls that know no zones. */
function parts(at: number, zone: string): string {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }
  return new Intl.DateTimeFormat('sv-SE', options).format(at).replace(' ', 'T')
}

/** `2031-05-02T09:30` on the zone's clock, with seconds only where there are any. */
export function toClock(moment: string, zone: string): string {
  return parts(new Date(moment).getTime(), zone).replace(/:00$/, '')
}

/** The moment at which the zone's clock shows `clock`; an hour that a DST change leaves out moves ahead. */
export function fromClock(clock: string, zone: string): string {
  const wanted = Date.parse(`${clock}${clock.length === 16 ? ':00' : ''}Z`)
  let at = wanted
  for (let round = 0; round < 2; round += 1) at += wanted - Date.parse(`${parts(at, zone)}Z`)
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

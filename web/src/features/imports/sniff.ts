/** Reads the start of a file to show its columns and first rows before anything is sent. */
export interface Sample {
  format: 'csv' | 'jsonl'
  delimiter: string
  columns: string[]
  rows: string[][]
}

const START = 64 * 1024
const SHOWN = 5
const DELIMITERS = [',', ';', '\t', '|']

/** Rows of delimited text; quotes may hold delimiters, line ends and doubled quotes. */
export function parseRows(text: string, delimiter: string, most: number): string[][] {
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^\\${delimiter}\\n]*))\\r?(\\${delimiter}|\\n|$)`, 'g')
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.matchAll(cell)) {
    rows.at(-1)?.push((quoted?.replaceAll('""', '"') ?? plain ?? '').trim())
    if (end === '' || (end === '\n' && rows.length === most)) break
    if (end === '\n') rows.push([])
  }
  return rows.filter((row) => row.some(Boolean))
}

function delimiterOf(line: string): string {
  const counts = DELIMITERS.map((one) => line.split(one).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

function readLines(text: string): Sample | null {
  const lines = text
    .split('\n')
    .filter((line) => line.trim())
    .slice(0, SHOWN)
  const objects = lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>]
    } catch {
      return [] // the last line of the sample may be cut
    }
  })
  if (objects.length === 0) return null
  const columns = [...new Set(objects.flatMap((one) => Object.keys(one)))]
  const show = (value: unknown): string =>
    typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return { format: 'jsonl', delimiter: '', columns, rows: objects.map((one) => columns.map((name) => show(one[name]))) }
}

/** What the file starts with, or null when it cannot be read as a table. */
export async function sniff(file: File): Promise<Sample | null> {
  const text = (await file.slice(0, START).text()).replace(/^\uFEFF/, '')
  if (/\.(jsonl|ndjson)$/i.test(file.name) || text.trimStart().startsWith('{')) return readLines(text)
  const delimiter = delimiterOf(text.split('\n', 1)[0] ?? '')
  const [columns, ...rows] = parseRows(text, delimiter, SHOWN + 1)
  return columns?.some(Boolean) ? { format: 'csv', delimiter, columns, rows } : null
}

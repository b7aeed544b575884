/** Every text of the user interface, in English. */
import { frame } from './en/frame'
import { people } from './en/people'
import { records } from './en/records'
import { work } from './en/work'

export const t = { ...frame, ...records, ...work, ...people }

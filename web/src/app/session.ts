/** Who is signed in on this page. */
import { reactive } from 'vue'
import { stopListening } from '@/api/events'
import { ApiError } from '@/api/problem'
import { readSession, signOut } from '@/api/session'
import type { Person } from '@/api/types'

export const session = reactive<{ person: Person | null; isKnown: boolean }>({ person: null, isKnown: false })

/** Ask the server once; nobody signed in is an answer, anything else is raised. */
export async function loadSession(): Promise<Person | null> {
  try {
    session.person = await readSession()
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    session.person = null
  }
  session.isKnown = true
  return session.person
}

export async function leave(): Promise<void> {
  await signOut()
  stopListening()
  session.person = null
}

export function mayAdminister(): boolean {
  return session.person?.scopes.includes('admin') ?? false
}

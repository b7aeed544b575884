/** Signing in and out, the person's own settings, and API tokens. */
import { get, patch, post, remove } from './client'
import type { Page, Person, Token } from './types'

export interface LinkUse {
  token: string
  name: string
  email: string
  password: string
  time_zone?: string
}

export interface TokenDraft {
  name: string
  scopes: string[]
  abilities?: string[]
}

export const readSession = () => get<Person>('/api/session')
export const signIn = (email: string, password: string) => post<void>('/api/session', { email, password })
export const signOut = () => remove('/api/session')
export const useLink = (link: LinkUse) => post<void>('/api/session/link', link)
export const updateMe = (change: Partial<Pick<Person, 'name' | 'time_zone'>>) => patch<Person>('/api/me', change)

export const listTokens = () => get<Page<Token>>('/api/tokens')
export const createToken = (draft: TokenDraft) => post<Token & { token: string }>('/api/tokens', draft)
export const revokeToken = (id: number) => remove(`/api/tokens/${id}`)

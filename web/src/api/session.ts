/** Signing in and out, the person's own settings, and API tokens. */
import { get, patch, post, remove } from './client'
import type { Member, Page, Person, Token } from './types'

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
export const changePassword = (current_password: string, password: string) =>
  patch<Person>('/api/me', { current_password, password })

export const listTokens = () => get<Page<Token>>('/api/tokens')
export const createToken = (draft: TokenDraft) => post<Token & { token: string }>('/api/tokens', draft)
export const revokeToken = (id: number) => remove(`/api/tokens/${id}`)

export const listMembers = () => get<Page<Member>>('/api/users', { limit: 1000 })
export const inviteMember = (draft: { name: string; email: string; scopes: string[] }) =>
  post<Member>('/api/users', draft)
export const updateMember = (id: number, change: { scopes?: string[]; is_disabled?: boolean }) =>
  patch<Member>(`/api/users/${id}`, change)
export const makeMemberLink = (id: number) => post<{ link: string }>(`/api/users/${id}/link`)

/** Every address of the user interface, in one table. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadSession, session } from './session'

const later = (place: string): RouteRecordRaw => ({
  path: place,
  component: () => import('@/features/later/Later.vue'),
  props: { place },
})

const places: RouteRecordRaw[] = [
  { path: '', component: () => import('@/features/home/Home.vue') },
  { path: 'records', component: () => import('@/features/records/Modules.vue') },
  { path: 'records/new-module', component: () => import('@/features/records/NewModule.vue') },
  {
    path: 'records/:module',
    component: () => import('@/features/records/ModuleView.vue'),
    props: true,
    children: [
      {
        path: '',
        component: () => import('@/features/records/RecordList.vue'),
        props: true,
        children: [
          { path: 'new', component: () => import('@/features/records/RecordPanel.vue'), props: true },
          { path: ':id(\\d+)', component: () => import('@/features/records/RecordPanel.vue'), props: true },
        ],
      },
      { path: 'chart', component: () => import('@/features/records/ChartView.vue'), props: true },
      { path: 'imports', component: () => import('@/features/imports/Imports.vue'), props: true },
      { path: 'fields', component: () => import('@/features/records/Fields.vue'), props: true },
    ],
  },
  {
    path: 'alerts',
    component: () => import('@/features/alerts/Alerts.vue'),
    children: [
      { path: 'new', component: () => import('@/features/alerts/AlertPanel.vue') },
      { path: ':id(\\d+)', component: () => import('@/features/alerts/AlertPanel.vue'), props: true },
    ],
  },
  {
    path: 'flows',
    component: () => import('@/features/flows/Flows.vue'),
    children: [{ path: ':id', component: () => import('@/features/flows/FlowPanel.vue'), props: true }],
  },
  {
    path: 'jobs',
    component: () => import('@/features/jobs/Jobs.vue'),
    children: [{ path: ':id(\\d+)', component: () => import('@/features/jobs/JobPanel.vue'), props: true }],
  },
  {
    path: 'applications',
    component: () => import('@/features/applications/Applications.vue'),
    children: [
      { path: ':id(\\d+)', component: () => import('@/features/applications/ApplicationPanel.vue'), props: true },
    ],
  },
  { path: 'settings', component: () => import('@/features/settings/Profile.vue') },
  { path: 'settings/people', component: () => import('@/features/settings/People.vue') },
  { path: 'settings/tokens', component: () => import('@/features/settings/Tokens.vue') },
  later('pages'),
  later('workflows'),
  later('connections'),
  { path: ':rest(.*)*', component: () => import('@/features/later/Missing.vue') },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/sign-in', component: () => import('@/features/accounts/SignIn.vue'), meta: { isOpen: true } },
    { path: '/welcome', component: () => import('@/features/accounts/Welcome.vue'), meta: { isOpen: true } },
    {
      path: '/portal/:token',
      component: () => import('@/features/portal/Portal.vue'),
      props: true,
      meta: { isOpen: true },
    },
    { path: '/', component: () => import('./Frame.vue'), children: places },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.isOpen) return true
  try {
    if (!session.isKnown) await loadSession()
  } catch {
    return true // the server is away: the page says so itself and can try again
  }
  if (session.person) return true
  return { path: '/sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
})

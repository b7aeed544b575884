/** The places of the rail, in the order of the data's life. */
import { Bell, Database, FileText, GitBranch, Inbox, ListChecks, Plug, Settings, Workflow } from '@lucide/vue'
import type { Component } from 'vue'
import { t } from '@/texts/en'

export interface Place {
  name: string
  text: string
  to: string
  icon: Component
}

export const places: Place[] = [
  { name: 'applications', text: t.places.applications, to: '/applications', icon: Inbox },
  { name: 'records', text: t.places.records, to: '/records', icon: Database },
  { name: 'pages', text: t.places.pages, to: '/pages', icon: FileText },
  { name: 'alerts', text: t.places.alerts, to: '/alerts', icon: Bell },
  { name: 'flows', text: t.places.flows, to: '/flows', icon: GitBranch },
  { name: 'workflows', text: t.places.workflows, to: '/workflows', icon: Workflow },
  { name: 'jobs', text: t.places.jobs, to: '/jobs', icon: ListChecks },
]

export const footPlaces: Place[] = [
  { name: 'connections', text: t.places.connections, to: '/connections', icon: Plug },
  { name: 'settings', text: t.places.settings, to: '/settings', icon: Settings },
]

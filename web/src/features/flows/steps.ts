/** Reads the steps out of an integrator document (wire/integrator.md): generators, then processors or forks. */
export interface Step {
  kind: 'source' | 'lookup' | 'destination' | 'router'
  name: string
  depth: number
}

type Part = Record<string, unknown>

function partsOf(value: unknown): Part[] {
  return Array.isArray(value) ? value.filter((one): one is Part => typeof one === 'object' && one !== null) : []
}

const idOf = (part: Part): string => String(part._exportId ?? part._importId ?? part.id ?? '')

function processor(part: Part, depth: number): Step {
  return { kind: part._exportId || part.type === 'export' ? 'lookup' : 'destination', name: idOf(part), depth }
}

function forks(routers: Part[]): Step[] {
  return routers.flatMap((router) => {
    const branches = partsOf(router.branches)
    const isFork = branches.length > 1
    const inside = branches.flatMap((branch) =>
      partsOf(branch.pageProcessors).map((part) => processor(part, isFork ? 1 : 0)),
    )
    return isFork ? [{ kind: 'router' as const, name: String(router.name ?? ''), depth: 0 }, ...inside] : inside
  })
}

/** The steps in their order; `names` are those of the documents, by id. */
export function stepsOf(description: Part, names: Map<string, string>): Step[] {
  const generators = partsOf(description.pageGenerators)
  const old = description._exportId ? [{ _exportId: description._exportId }] : []
  const sources = [...generators, ...old].map((part): Step => ({ kind: 'source', name: idOf(part), depth: 0 }))
  const processors = partsOf(description.pageProcessors).map((part) => processor(part, 0))
  const last = description._importId ? [processor({ _importId: description._importId }, 0)] : []
  const steps = [...sources, ...processors, ...forks(partsOf(description.routers)), ...last]
  return steps.map((step) => ({ ...step, name: names.get(step.name) || step.name }))
}

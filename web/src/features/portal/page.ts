/** The recipient's page and what he does on it; every act answers with the whole page. */
import { ref, type ShallowRef } from 'vue'
import { giveAnswer, giveFile, submitPortal, withdrawPortal, type Item, type PortalPage } from '@/api/applications'
import { asApiError, ApiError } from '@/api/problem'
import { useAction } from '@/composables/action'
import { t } from '@/texts/en'

const MEGABYTE = 1024 * 1024

/** Refused here already, so that nobody waits for a long upload in vain. */
function refuse(item: Item, file: File): ApiError | null {
  const ending = file.name.includes('.') ? file.name.split('.').pop()!.toLowerCase() : ''
  const accepted = item.accept.map((one) => one.replace(/^\./, '').toLowerCase())
  const say = (code: string, detail: string) => new ApiError({ status: 422, code, title: detail, detail })
  if (accepted.length && !accepted.includes(ending))
    return say('wrong_file_type', t.portal.wrongType(file.name, accepted.join(', ')))
  if (file.size > item.max_size_mb * MEGABYTE)
    return say('file_too_large', t.portal.tooLarge(file.name, item.max_size_mb))
  return null
}

export function usePortal(token: string, page: ShallowRef<PortalPage | null>) {
  const progress = ref<Record<number, { name: string; share: number }>>({})
  const errors = ref<Record<number, ApiError>>({})

  async function give(item: Item, file: File): Promise<void> {
    delete errors.value[item.id]
    const refused = refuse(item, file)
    if (refused) {
      errors.value[item.id] = refused
      return
    }
    progress.value[item.id] = { name: file.name, share: 0 }
    try {
      page.value = await giveFile(
        token,
        item.id,
        file,
        (share) => (progress.value[item.id] = { name: file.name, share }),
      ).answer
    } catch (error) {
      errors.value[item.id] = asApiError(error)
    } finally {
      delete progress.value[item.id]
    }
  }

  async function answer(item: Item, isAccepted: boolean): Promise<void> {
    delete errors.value[item.id]
    try {
      page.value = await giveAnswer(token, item.id, isAccepted)
    } catch (error) {
      errors.value[item.id] = asApiError(error)
    }
  }

  const submission = useAction(async () => {
    page.value = await submitPortal(token)
  })
  const withdrawal = useAction(async () => {
    page.value = await withdrawPortal(token)
  })
  return { progress, errors, give, answer, submission, withdrawal }
}

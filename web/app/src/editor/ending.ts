import type { ClosedReason } from '@sticky/client'

export type Ending = { kind: 'gone' | 'cut-off' | 'trash' | 'full' | 'refused' | 'again'; title: string; text: string }

const unsent = 'What you wrote last could not be saved. Copy it before you leave.'

/** What a person is told when a note ends for them, and why. */
export function endingOf({ code, reason }: ClosedReason): Ending {
  if (reason === 'link_revoked')
    return { kind: 'cut-off', title: 'This link was turned off', text: 'Ask whoever sent it for a new one.' }
  switch (code) {
    case 4403:
      return {
        kind: 'cut-off',
        title: 'This note is no longer shared with you',
        text: 'Ask whoever sent it for a link.',
      }
    case 4404:
      return {
        kind: 'gone',
        title: 'No note here',
        text: "There is no note here, or it isn't shared with you. Ask whoever sent it for a link.",
      }
    case 4410:
      return { kind: 'trash', title: 'This note is in the trash', text: 'Only its owner can take it out again.' }
    case 4413:
      return { kind: 'full', title: 'This note is full', text: unsent }
    case 4401:
      return { kind: 'again', title: 'Open the note again', text: 'You were away for a while.' }
    case 4426:
      return { kind: 'again', title: 'There is a newer Sticky', text: 'Load the page again to go on.' }
    default:
      return { kind: 'refused', title: 'Something could not be saved', text: unsent }
  }
}

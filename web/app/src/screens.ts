/** Each screen comes when it is needed; what is open now is all that a browser loads first. */
export const screens = {
  start: () => import('./start/Start.svelte'),
  note: () => import('./editor/NoteScreen.svelte'),
  link: () => import('./editor/NoteScreen.svelte'),
  embed: () => import('./embed/EmbedScreen.svelte'),
  signIn: () => import('./account/SignIn.svelte'),
  signUp: () => import('./account/SignUp.svelte'),
  account: () => import('./account/Account.svelte'),
  keep: () => import('./account/KeepEdits.svelte'),
  groups: () => import('./groups/Groups.svelte'),
  nowhere: () => import('./start/NotHere.svelte'),
}

import { mount } from 'svelte'
import App from './App.svelte'
import { adoptEditorStyles } from './editor/styles'
import { routeOf } from './route'
import { screens } from './screens'
import './tokens.css'

adoptEditorStyles(document)

const place = document.getElementById('app')

/** What the server wrote into the page stays readable until the screen that replaces it is there. */
async function begin(target: HTMLElement): Promise<void> {
  await screens[routeOf(location.pathname).screen]().catch(() => {})
  target.replaceChildren()
  mount(App, { target })
}

if (place) begin(place)

import { mount } from 'svelte'
import App from './App.svelte'
import { adoptEditorStyles } from './editor/styles'
import './tokens.css'

adoptEditorStyles(document)

const place = document.getElementById('app')
if (place) {
  place.replaceChildren()
  mount(App, { target: place })
}

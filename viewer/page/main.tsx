import { render } from 'preact'
import { App } from './app.js'
import { connect } from './state/live.js'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/shell.css'
import './styles/traces.css'
import './styles/trace.css'
import './styles/views.css'

render(<App />, document.getElementById('app') as HTMLElement)
connect()

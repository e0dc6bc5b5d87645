import { fetchHeatmap } from './api/client'
import { LiveStream } from './live/liveStream'
import { Refresher } from './live/refresher'
import { Page } from './page/page'

const page = new Page()
const refresher = new Refresher(async () => page.take(await fetchHeatmap()))
refresher.ask()
new LiveStream(() => refresher.ask()).connect()

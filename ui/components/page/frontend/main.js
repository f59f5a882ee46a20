// What the page does beside Streamlit, from its first moment on.

import { spareHistory } from "./history.js"
import { tellOutages } from "./outage.js"
import { reachCode } from "./reach.js"
import { showTuning } from "./tuning.js"

spareHistory()
tellOutages()
reachCode()
showTuning()

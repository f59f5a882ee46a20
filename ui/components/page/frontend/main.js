// What the page does beside Streamlit, from its first moment on.

import { spareHistory } from "./history.js"
import { tellOutages } from "./outage.js"
import { reachCode } from "./reach.js"

spareHistory()
tellOutages()
reachCode()

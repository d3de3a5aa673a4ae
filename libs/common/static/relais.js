// Starts govuk-frontend's small helpers (error summary focus, conditional questions, character count, double-click guard).
// Every page works without this file.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

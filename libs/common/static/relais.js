// Starts some of govuk-frontend's helpers: focus on errors and news, characters left, no double sending.
// Every page works without this file. Questions that depend on an answer are shown by relais.css, not by a script.
import { Button, CharacterCount, ErrorSummary, NotificationBanner, createAll } from "./govuk-frontend-6.3.0.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const composant of [Button, CharacterCount, ErrorSummary, NotificationBanner]) createAll(composant);

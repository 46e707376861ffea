import "@digdir/designsystemet-theme";
import "@digdir/designsystemet-css";
import "../kit/kit.css";
import "./phone.css";
import { mount } from "svelte";
import { openEngine } from "../kit/engine";
import { allowSoundAfterGesture } from "../kit/sound/ring";
import App from "./App.svelte";
import { Phone } from "./phone.svelte";

allowSoundAfterGesture();
const target = document.getElementById("app");
if (target) mount(App, { target, props: { phone: new Phone(await openEngine()) } });

import "@digdir/designsystemet-theme";
import "@digdir/designsystemet-css";
import "../kit/kit.css";
import "./console.css";
import { mount } from "svelte";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target });

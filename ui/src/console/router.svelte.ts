import { addressOf, routeOf, type Route } from "./route";

/** Where one is, as the browser's address says; its way back works. */
class Router {
  #route = $state.raw<Route>(routeOf(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.#route = routeOf(location.hash)));
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route): void {
    location.hash = addressOf(route);
  }
}

export const router = new Router();

import type { components } from "./contract";

/** The types of the contract, by the names they have in `terskel_api`. */
export type Schemas = components["schemas"];

export type ChangeContinuity = Schemas["ChangeContinuity"];
export type GivenPermission = Schemas["GivenPermission"];
export type HomeAccess = Schemas["HomeAccess"];
export type HomeSummary = Schemas["HomeSummary"];
export type FetchedToken = Schemas["FetchedToken"];
export type LockStatus = Schemas["LockStatus"];
export type NewPermission = Schemas["NewPermission"];
export type OwnTeam = Schemas["OwnTeam"];
export type PhoneWithdrawal = Schemas["PhoneWithdrawal"];
export type Stay = Schemas["Stay"];
export type TeamContinuity = Schemas["TeamContinuity"];
export type VisitSummary = Schemas["VisitSummary"];
export type AuditEntry = Schemas["AuditEntry"];

// Renders the health checks that Argo CD runs in Lua, and the two files in which its administrator takes them over.
//
//   Progressing  the operator has not looked at this generation yet, or something is on its way
//   Degraded     a person must act (Stalled), or clients get less than was asked for
//   Suspended    it waits for the word of a person
//   Healthy      Ready; a version that its gates hold back is Ready, too
//   Unknown      the status says something that these checks do not know
import type { Reason } from '../api/conditions.ts'
import { GROUP } from '../api/resource.ts'
import { yaml } from './yaml.ts'

const HEADER = 'Generated from operator/generate/argocd.ts by `npm run generate`; do not edit.'

/** Kind to script; each script stands alone, because Argo CD runs it alone. Of Lua's libraries it may use base and table. */
export const healthChecks = (): Map<string, string> =>
  new Map([
    ['TrainingJob', `${SEEN}${trainingJob}`],
    ['Model', `${SEEN}${model}`],
    ['ModelVersion', `${SEEN}${modelVersion}`],
    ['InferenceService', `${SEEN}${inferenceService()}`],
    ['Decision', decision],
  ])

/** What comes first for every kind with conditions. */
const SEEN = `local status = obj.status or {}

local function say(health, message)
  return {status = health, message = message or ""}
end

local function condition(kind)
  for _, one in ipairs(status.conditions or {}) do
    if one.type == kind then
      return one
    end
  end
  return {}
end

if status.observedGeneration ~= obj.metadata.generation then
  return say("Progressing", "the operator has not looked at generation " .. tostring(obj.metadata.generation) .. " yet")
end
local stalled = condition("Stalled")
if stalled.status == "True" then
  return say("Degraded", stalled.message)
end
local ready = condition("Ready")
if ready.status ~= "True" and ready.status ~= "False" and ready.status ~= "Unknown" then
  return say("Unknown", "status.conditions has no Ready that this check can read: does it belong to this version of Tidegate?")
end
`

const reason = (one: Reason): string => `"${one}"`

/** While it is not Stalled, the run is on its way, and compute.deadline ends what takes too long. */
const trainingJob = `if ready.status == "True" then
  return say("Healthy", ready.message)
end
if ready.reason == ${reason('Suspended')} then
  return say("Suspended", ready.message)
end
return say("Progressing", ready.message)
`

const model = `if ready.status == "True" then
  return say("Healthy", ready.message)
end
if ready.status == "False" then
  return say("Degraded", ready.message)
end
return say("Progressing", ready.message)
`

/** Not Ready means that its Model does not exist yet. */
const modelVersion = `if ready.status == "True" then
  return say("Healthy", ready.message)
end
return say("Progressing", ready.message)
`

/** Ordinary on the way to a first version, to a new node and to a new volume. */
const PASSING: readonly Reason[] = ['NoVersion', 'Unschedulable', 'ClaimUnbound']

const inferenceService = (): string => `local passing = {${PASSING.map(each => `${each} = true`).join(', ')}}

if ready.status == "Unknown" or (ready.status == "False" and passing[ready.reason]) then
  return say("Progressing", ready.message)
end
if ready.status == "False" then
  return say("Degraded", ready.message)
end
local rollout = condition("RolloutHealthy")
if rollout.status == "True" or rollout.reason == ${reason('NoVersion')} then
  return say("Healthy", ready.message)
end
if rollout.reason == ${reason('RollingOut')} or passing[rollout.reason] then
  return say("Progressing", rollout.message)
end
return say("Degraded", rollout.message)
`

/** It cannot change, so its generation says nothing. An approval ages; any other word that had no effect was given for nothing. */
const decision = `local status = obj.status or {}

local function say(health, message)
  return {status = health, message = message}
end

local message = status.message or ""
if status.outcome == "Applied" then
  return say("Healthy", message)
end
if status.outcome == "Refused" then
  return say("Degraded", "refused: " .. message)
end
if status.outcome == "Void" and obj.spec.action == "Approve" then
  return say("Healthy", "void: " .. message)
end
if status.outcome == "Void" then
  return say("Degraded", "void: " .. message)
end
if status.outcome ~= nil then
  return say("Unknown", "the outcome is " .. status.outcome .. ": does this check belong to this version of Tidegate?")
end
if message ~= "" then
  return say("Suspended", message)
end
return say("Progressing", "the operator has not answered yet")
`

/** As `argocd-cm` holds them: one entry per kind. */
const entries = (): Record<string, string> =>
  Object.fromEntries([...healthChecks()].map(([kind, script]) => [`resource.customizations.health.${GROUP}_${kind}`, script]))

/** A patch for the ConfigMap of an Argo CD that was installed from its manifests. */
export const argocdPatch = (): string =>
  `# ${HEADER}\n${yaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data: entries() })}`

/** Values for the Helm chart argo-cd. */
export const argocdValues = (): string => `# ${HEADER}\n${yaml({ configs: { cm: entries() } })}`

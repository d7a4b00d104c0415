// Every condition type and every reason, one sentence each: code, docs and tests read this table.
import { bigCount, choice, type Infer, listOf, object, text, timestamp } from './schema.ts'

export const Condition = object('One observation.', {
  type: text('What is observed, such as Ready.', { maxLength: 64 }),
  status: choice('Whether it holds.', ['True', 'False', 'Unknown']),
  observedGeneration: bigCount('Generation of the spec that was looked at.', { minimum: 0 }),
  lastTransitionTime: timestamp('When the status last changed.'),
  reason: text('Why, in one CamelCase word.', { maxLength: 64 }),
  message: text('Why, for people.', { maxLength: 2048 }),
})
export type Condition = Infer<typeof Condition>

export const conditions = listOf('Latest observations, one per type.', Condition, { maxItems: 12, key: 'type' })

/** What a plan says: the loop adds generation and times. */
export interface Observation {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason: Reason
  message: string
}

export const conditionTypes = {
  TrainingJob: {
    Ready: 'The last run is registered as a ModelVersion, or has checked the rows and was to do no more.',
    DataValid: 'The rows were read and passed the checks.',
    Trained: 'The last run left a bundle.',
    Registered: 'The bundle of the last run has a ModelVersion.',
    StorageHealthy: 'Present once a run has measured it: less than 80% of the artifacts claim is used.',
    RetrainIneffective:
      'Present and True only while the last three retrains or more made no version that passed the gates; those that a failed gate asks for come later and later.',
    Stalled:
      'Present and True only when a person must act; nothing is tried again before the spec changes, a run is requested, or status.nextRunAt comes.',
  },
  Model: {
    Ready: 'The registry is consistent: each holder exists and the history is complete.',
    TrackingSynced: 'The tracking server shows what the registry says; present only when one is configured.',
    EventsDelivered: 'The sink of CloudEvents has been told of every move; present only when one is configured.',
    Stalled: 'Present and True only when a person must act.',
  },
  ModelVersion: {
    Ready: 'Every verdict is in; a version that is held is Ready, too, and says why it is held.',
    GatesPassed: 'The gates of the next stage let the version through.',
    Stalled: 'Present and True only when a person must act.',
  },
  InferenceService: {
    Ready: 'The entry version answers at the address.',
    RolloutHealthy: 'The version that the traffic asks for is the one that serves, or is on its way without trouble.',
    Scalable: 'More replicas may run on more than one node.',
    RouteReady: 'The Ingress was accepted, or none was asked for.',
    Stalled: 'Present and True only when a person must act.',
  },
} as const

export const reasons = {
  // TrainingJob
  Pending: 'The run has a Job, and its pod has not started.',
  Running: 'The trainer is at work.',
  Suspended: 'spec.suspend is true: no pod runs.',
  Succeeded: 'It ended well.',
  Registered: 'A ModelVersion carries the bundle.',
  Registering: 'The bundle is complete and its ModelVersion is being created.',
  NotYet: 'An earlier step has not ended.',
  ConfigInvalid: 'The spec asks for something that cannot be done; the message names the field.',
  DataMissing: 'The source of the rows does not exist.',
  DataInvalid: 'The rows do not have the shape that was promised.',
  ChecksRefused: 'The rows did not pass the checks.',
  FallbackUsed: 'The source was missing or invalid, and the fallback was used as asked.',
  DataChecked: 'The rows passed the checks.',
  TrainingFailed: 'The trainer failed.',
  StorageFailed: 'The artifacts claim could not be written.',
  RoomLeft: 'The artifacts claim has room.',
  NearlyFull: '80% of the artifacts claim or more are used.',
  NotBetter: 'The versions of the last retrains did not pass the gates of the first stage.',
  ResultLost: 'The Job ended and its pod is gone with the summary; request a new run.',
  DeadlineExceeded: 'The run took longer than compute.deadline.',
  // what keeps pods from running
  ImagePullFailed: 'The image of the container cannot be pulled.',
  Unschedulable: 'No node fits the pod.',
  ClaimUnbound: 'A PersistentVolumeClaim is missing or not bound.',
  QuotaExceeded: 'A ResourceQuota or LimitRange of the namespace refuses the pod.',
  PodSecurityRefused: 'PodSecurity admission of the namespace refuses the pod.',
  CreationRefused: 'The API server refuses to create a child object.',
  OutOfMemory: 'The container used more memory than its limit.',
  Evicted: 'The node evicted the pod.',
  Crashed: 'The container exits soon after it starts.',
  ContainerConfigInvalid: 'The container cannot be created as it is configured.',
  NameConflict: 'An object with the name of a child exists and belongs to somebody else; it is left alone.',
  // Model and ModelVersion
  Consistent: 'Holders and history agree with the versions.',
  HolderMissing: 'The ModelVersion that holds a stage does not exist any more.',
  ModelMissing: 'No Model of this name exists, so no gate is judged.',
  Importing: 'A Job fetches the bundle of the version; until it is there, no gate is judged and nobody serves it.',
  ImportFailed: 'The bundle could not be fetched, or is refused; the message says why and what to do.',
  GatesPassed: 'All gates of the next stage passed.',
  Measuring: 'A Job judges the gates of the next stage.',
  GatesFailed: 'A gate of the next stage did not pass.',
  Held: 'The next stage is not automatic.',
  RunnerUp: 'Another candidate of the same run was better, and only that one climbs by itself.',
  Archived: 'A person took the version out of its stage.',
  Rejected: 'A person rejected the version.',
  Retired: 'Retention removes the version and its bundle.',
  OnHold: 'A person decided who holds the stage, and automation leaves it alone until it is released.',
  Soaking: 'The version has not stood below the stage for long enough.',
  Frozen: 'The stage is in one of its freeze windows.',
  AwaitingApproval: 'The gates passed, and people have to approve.',
  AuthorUnverified: 'The stage asks for another person than the author, and nobody can tell who that is.',
  TopOfLadder: 'The version holds the last stage.',
  Superseded: 'A newer version, or a run of another computation, took its place.',
  // the mirror in a tracking server
  Mirrored: 'The tracking server shows what the registry says.',
  MirrorPending: 'Nothing has been compared with the tracking server yet.',
  TrackingUnreachable: 'The tracking server does not answer, or not as one; it is tried again by itself.',
  TrackingRefused: 'The tracking server refuses what it is asked for; the message says what and why.',
  // the sink of CloudEvents
  Delivered: 'The sink has been told of every move.',
  EventsPending: 'The sink has not been told of every move yet.',
  SinkUnreachable: 'The sink does not answer, or says that it cannot take events now; it is tried again by itself.',
  SinkRefused: 'The sink refuses events, or this one; the message says why.',
  MovesMissing: 'The ledger does not hold moves that are still to be told.',
  // InferenceService
  Serving: 'The entry version answers.',
  NoVersion: 'No version holds the stage yet.',
  VersionMissing: 'The ModelVersion does not exist.',
  Starting: 'Pods of the version are starting.',
  RollingOut: 'A new version is being prepared; the old one serves.',
  UpToDate: 'The wanted version serves.',
  LoadFailed: 'The server refuses the bundle; the message says why.',
  HealthUnusable: 'A pod is ready, but what it says about itself is missing, or is not what was asked for.',
  SharedVolume: 'The claim can be mounted on many nodes.',
  PinnedToNode: 'The claim is ReadWriteOnce: all pods run on the node that has it.',
  ClaimMissing: 'The claim with the bundle does not exist.',
  RouteAccepted: 'The Ingress has an address.',
  RoutePending: 'No Ingress controller has given the Ingress an address.',
  NoRoute: 'No Ingress was asked for.',
  // any kind
} as const

export type Reason = keyof typeof reasons

{{/* The name under which the operator of this release makes its requests. */}}
{{- define "tidegate.operatorAccount" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ include "tidegate.name" . }}
{{- end }}

{{/* CEL: whether Kubernetes itself tidies up. The first name is that of controllers that have no accounts of their own. */}}
{{- define "tidegate.housekeeping" -}}
request.userInfo.username in ['system:kube-controller-manager', 'system:serviceaccount:kube-system:namespace-controller', 'system:serviceaccount:kube-system:generic-garbage-collector'] || request.operation == 'DELETE' && has(namespaceObject.metadata.deletionTimestamp)
{{- end }}

{{/* Version of MutatingAdmissionPolicy that the API server serves; empty when it serves none. */}}
{{- define "tidegate.mutating" -}}
{{- if .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy" -}}
admissionregistration.k8s.io/v1
{{- else if .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy" -}}
admissionregistration.k8s.io/v1beta1
{{- end }}
{{- end }}

{{/* What a binding says beside its name: the policy holds where this release works. (list $ "name of the policy"). */}}
{{- define "tidegate.bound" -}}
policyName: {{ index . 1 }}
{{- with (index . 0).Values.watch.namespaces }}
matchResources:
  namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values:
          {{- toYaml . | nindent 10 }}
{{- end }}
{{- end }}

{{/* CEL: who the author is, for the policy that writes the annotation and the one that refuses an untrue one. */}}
{{- define "tidegate.authorVariables" -}}
- name: given
  expression: >-
    has(object.metadata.annotations) && 'tidegate.io/submitted-by' in object.metadata.annotations
    ? object.metadata.annotations['tidegate.io/submitted-by'] : ''
- name: old
  expression: >-
    oldObject != null && has(oldObject.metadata.annotations) && 'tidegate.io/submitted-by' in oldObject.metadata.annotations
    ? oldObject.metadata.annotations['tidegate.io/submitted-by'] : ''
- name: registered
  expression: >-
    request.operation == 'CREATE' && request.resource.resource == 'modelversions'
    && request.userInfo.username == '{{ include "tidegate.operatorAccount" . }}'
- name: fresh
  expression: >-
    request.operation == 'CREATE' ? !variables.registered
    : request.resource.resource == 'trainingjobs' && object.spec != oldObject.spec
- name: author
  expression: "variables.fresh ? request.userInfo.username : variables.registered ? variables.given : variables.old"
{{- end }}

{{/* What both look at. */}}
{{- define "tidegate.authorConstraints" -}}
resourceRules:
  - apiGroups: [tidegate.io]
    apiVersions: [v1alpha1]
    operations: [CREATE, UPDATE]
    resources: [trainingjobs, modelversions]
{{- end }}

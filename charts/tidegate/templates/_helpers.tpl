{{/* Name of every object of the release: the release's own name when it says tidegate, else <release>-tidegate. */}}
{{- define "tidegate.name" -}}
{{- if contains "tidegate" .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}{{ printf "%s-tidegate" (.Release.Name | trunc 54 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "tidegate.selector" -}}
app.kubernetes.io/name: tidegate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "tidegate.labels" -}}
app.kubernetes.io/name: tidegate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Image reference of one of operator, server, trainer, mlflow: (list $ "server"). */}}
{{- define "tidegate.image" -}}
{{- $root := index . 0 -}}
{{- $image := index $root.Values.images (index . 1) -}}
{{- with $root.Values.images.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ $image.repository }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{/* Address of the tracking server; empty: none. */}}
{{- define "tidegate.trackingUri" -}}
{{- if .Values.tracking.uri }}{{ .Values.tracking.uri }}
{{- else if .Values.tracking.mlflow.enabled }}http://{{ include "tidegate.mlflowName" . }}.{{ .Release.Namespace }}.svc:5000
{{- end }}
{{- end }}

{{- define "tidegate.mlflowName" -}}
{{ include "tidegate.name" . | trunc 56 | trimSuffix "-" }}-mlflow
{{- end }}

{{- define "tidegate.mlflowSelector" -}}
app.kubernetes.io/name: tidegate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: mlflow
{{- end }}

{{/* Every name of its Service, with the port and without, and that of a port-forward. */}}
{{- define "tidegate.mlflowHosts" -}}
{{- $name := include "tidegate.mlflowName" . -}}
{{- $long := list $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.cluster.local" $name .Release.Namespace) -}}
{{- $hosts := list "localhost:*" "127.0.0.1:*" -}}
{{- range $long }}{{ $hosts = concat $hosts (list . (printf "%s:5000" .)) }}{{ end -}}
{{ concat $hosts .Values.tracking.mlflow.allowedHosts | join "," }}
{{- end }}

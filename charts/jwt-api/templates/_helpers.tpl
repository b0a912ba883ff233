{{- define "jwt-api.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 55 | trimSuffix "-" }}
{{- end }}

{{/* A Service's name has 63 characters at most: 55 leave room for the longest suffix, "-metrics". */}}
{{- define "jwt-api.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 55 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 55 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 55 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "jwt-api.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "jwt-api.labels" -}}
helm.sh/chart: {{ include "jwt-api.chart" . }}
{{ include "jwt-api.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "jwt-api.selectorLabels" -}}
app.kubernetes.io/name: {{ include "jwt-api.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Not the selector's labels, or the Service would send requests to the test. */}}
{{- define "jwt-api.testLabels" -}}
app.kubernetes.io/name: {{ include "jwt-api.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "jwt-api.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "jwt-api.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "jwt-api.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* Said here and not in the schema, as it is about values that stand far apart. */}}
{{- define "jwt-api.checkOpen" -}}
{{- $isPublished := or .Values.ingress.enabled .Values.httpRoute.enabled (eq .Values.service.type "LoadBalancer") }}
{{- if and (eq .Values.auth.mode "open") $isPublished (not .Values.auth.acknowledgeOpen) }}
{{- fail "auth.mode is open: whoever reaches it from outside gets a token for any email. Set auth.mode to users or webhook, or auth.acknowledgeOpen to true if that is what you want" }}
{{- end }}
{{- end }}

{{/*
The Secret that is the keys' folder, in the modes that have one. What the operator fills in has a name of its own: with a
change of mode the operator's Secret goes, and must not take the one made by `create` with it.
*/}}
{{- define "jwt-api.keysSecretName" -}}
{{- if eq .Values.keys.mode "existing" }}
{{- .Values.keys.existingSecret }}
{{- else if eq .Values.keys.mode "external" }}
{{- include "jwt-api.fullname" . }}-external-keys
{{- else }}
{{- include "jwt-api.fullname" . }}-keys
{{- end }}
{{- end }}

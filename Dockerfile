# The service alone; compose.yaml puts a PostgreSQL beside it.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# First only what restoring reads, so that a change of code does not restore anew.
COPY global.json Directory.Build.props Directory.Packages.props AiEditor.Persistence.csproj ./
RUN dotnet restore AiEditor.Persistence.csproj
COPY . .
RUN dotnet publish AiEditor.Persistence.csproj --no-restore -c Release -o /app -p:UseAppHost=false

# No shell, no package manager, no root.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
# Diagnostics would open a socket in /tmp, and nothing here is written to. The base image's own port is not ours. What the
# compiler has done with goes back to the system at once (the threshold is glibc's own, which would else grow): 5 to 10 MiB.
ENV PORT=3000 DOTNET_EnableDiagnostics=0 ASPNETCORE_HTTP_PORTS= MALLOC_TRIM_THRESHOLD_=131072
EXPOSE 3000
USER $APP_UID
ENTRYPOINT ["dotnet", "AiEditor.Persistence.dll"]
